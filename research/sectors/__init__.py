"""The sector pipeline: research, approval, ranking, analyses, the judge, insights. Every transition is here."""
