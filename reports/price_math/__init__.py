"""The derivation of every price of a calculation, as a document that can be checked by hand."""
