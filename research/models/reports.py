"""A research about a company: its sections of statements, and the sources they rest on."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.public_ids import random_id
from prospects.models import Company


def new_research_id() -> str:
    return random_id("res")


class Tone(models.TextChoices):
    POSITIVE = "positive", "Positive"
    NEUTRAL = "neutral", "Neutral"
    NEGATIVE = "negative", "Negative"


class Research(models.Model):
    """One report. It belongs to the job that writes it, so that a second run of the job goes on with it."""

    class Status(models.TextChoices):
        RUNNING = "running", "Being written"
        COMPLETE = "complete", "Complete"

    public_id = models.CharField(max_length=40, unique=True, default=new_research_id, editable=False)
    tenant_id = models.CharField(max_length=100, blank=True, default="")
    company = models.ForeignKey(Company, on_delete=models.CASCADE, related_name="researches", db_index=False)
    job_id = models.CharField(max_length=200, unique=True, help_text="Public id of the job that writes it.")
    user_id = models.CharField(max_length=100, blank=True, help_text="Who asked for it.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.RUNNING)
    backend = models.CharField(max_length=20, help_text="analyst (rules), openai or anthropic.")
    model = models.CharField(max_length=200, blank=True, help_text="Which model answered.")
    confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True, help_text="0 to 1.")
    sentiment = models.CharField(max_length=10, choices=Tone.choices, blank=True)
    sentiment_score = models.DecimalField(max_digits=5, decimal_places=4, null=True, help_text="-1 to 1.")
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    completed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "research"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(status="running", completed_at__isnull=True)
                | models.Q(status="complete", completed_at__isnull=False, confidence__range=(0, 1))
                & ~models.Q(sentiment=""),
                name="research_is_running_or_whole",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["company", "-completed_at"], name="research_of_company")]

    def __str__(self) -> str:
        return f"{self.company} ({self.public_id})"

    @property
    def is_rule_based(self) -> bool:
        return self.backend == "analyst"


class SourceNote(models.Model):
    """A source as a footnote."""

    research = models.ForeignKey(Research, on_delete=models.CASCADE, related_name="sources", db_index=False)
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=300)
    provider = models.CharField(max_length=40)
    source = models.CharField(max_length=10, help_text="sample, file, live, or given.")
    reference = models.CharField(max_length=500, blank=True, help_text="An address or a number to look it up by.")
    fetched_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["research", "number"], name="source_note_is_unique"),
        ]

    def __str__(self) -> str:
        return f"[{self.number}] {self.label}"


class Section(models.Model):
    """One finished section. Written once: a repeated run finds it and goes on with the next."""

    research = models.ForeignKey(Research, on_delete=models.CASCADE, related_name="sections", db_index=False)
    position = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=30)
    title = models.CharField(max_length=100)
    summary = models.TextField(blank=True)
    statements = models.JSONField(
        help_text="List of {text, kind, sources, support, problem}; support is supported, unsupported or none."
    )
    exchanges = models.JSONField(
        default=list, help_text="What was asked and answered: {system, prompt, answer, model, problem, tokens}."
    )
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["research", "position"], name="section_is_unique"),
            models.CheckConstraint(condition=models.Q(position__range=(1, 8)), name="section_position_is_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"
