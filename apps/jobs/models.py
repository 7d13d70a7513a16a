"""Job center: long work that a person started, its files and what was wrong in them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User


class Job(models.Model):
    """任务: an import, an export or a bulk change that runs apart from the page that asked for it.

    Only its owner sees it. A worker holds it by a lease: ``lease`` names the holder until
    ``leased_until``; who takes it over after that goes on at ``cursor``, which is committed with the
    rows it stands for.
    """

    class Kind(models.TextChoices):
        IMPORT = "import", _("import")
        EXPORT = "export", _("export")
        CHANGE = "change", _("bulk change")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked")
        QUEUED = "queued", _("queued")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")

    class Policy(models.TextChoices):
        REJECT_ALL = "reject_all", _("all rows or none")
        REJECT_ROWS = "reject_rows", _("good rows; the others come back in a file")
        DRY_RUN = "dry_run", _("dry run: nothing is changed")

    ENDED = (Status.DONE, Status.FAILED, Status.CANCELLED)

    number = models.CharField(_("job number"), max_length=32, unique=True)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    subject = models.CharField(_("subject"), max_length=64)
    owner = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="jobs", verbose_name=_("started by")
    )
    office = models.CharField(_("office"), max_length=16)
    status = models.CharField(_("status"), max_length=16, choices=Status.choices)
    policy = models.CharField(_("on errors"), max_length=16, choices=Policy.choices, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    query_cipher = models.BinaryField(
        _("list and filters"),
        null=True,
        blank=True,
        help_text=_("Of the list it was asked for on; somebody may have typed a phone into it."),
    )
    cursor = models.JSONField(_("cursor"), default=dict, blank=True)
    total = models.PositiveIntegerField(_("rows"), null=True, blank=True)
    done = models.PositiveIntegerField(_("rows done"), default=0)
    counts = models.JSONField(_("results"), default=dict, blank=True)
    code = models.CharField(_("refusal"), max_length=64, blank=True)
    cancel_asked = models.BooleanField(_("cancel asked"), default=False)
    lease = models.UUIDField(_("lease"), null=True, blank=True)
    leased_until = models.DateTimeField(_("leased until"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"))
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    expires_at = models.DateTimeField(
        _("expires at"), help_text=_("Its files are deleted then, and a while later the job.")
    )

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["import", "export", "change"]), name="job_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(total=None) | Q(done__lte=F("total")), name="job_done_within_total"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["done", "failed", "cancelled"], ended_at__isnull=False)
                | Q(
                    status__in=["draft", "checking", "checked", "queued", "running"],
                    ended_at=None,
                ),
                name="job_ended_at_the_end",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-created_at", "-id"], name="job_owner_newest"),
            models.Index(
                fields=["created_at"],
                condition=Q(status__in=["checking", "queued", "running"]),
                name="job_waiting",
            ),
            models.Index(fields=["expires_at"], name="job_expiry"),
        ]

    def __str__(self) -> str:
        return self.number


class JobFile(models.Model):
    """A file of a job. Its bytes are ciphertext in parts, so that every web node and worker has it."""

    class Role(models.TextChoices):
        SOURCE = "source", _("source file")
        RESULT = "result", _("result file")
        ERRORS = "errors", _("rows with errors")

    job = models.ForeignKey(
        Job, on_delete=models.CASCADE, related_name="files", verbose_name=_("job")
    )
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)
    name = models.CharField(_("file name"), max_length=128)
    size = models.PositiveBigIntegerField(_("bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    personal = models.BooleanField(_("personal data"), default=False)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("job file")
        verbose_name_plural = _("job files")
        constraints = [
            models.UniqueConstraint(fields=["job", "role"], name="job_file_once"),
        ]

    def __str__(self) -> str:
        return self.name


class FilePart(models.Model):
    """A piece of a file, encrypted, in order."""

    file = models.ForeignKey(
        JobFile,
        on_delete=models.CASCADE,
        related_name="parts",
        verbose_name=_("file"),
        db_index=False,
    )
    place = models.PositiveIntegerField(_("place"))
    data_cipher = models.BinaryField(_("data"))

    class Meta:
        verbose_name = _("file part")
        verbose_name_plural = _("file parts")
        constraints = [models.UniqueConstraint(fields=["file", "place"], name="file_part_once")]

    def __str__(self) -> str:
        return f"{self.file} {self.place}"


class RowRefusal(models.Model):
    """What was wrong with one row of a source file: the column, the code and a text; personal values never.

    Of a bulk change: a row that was skipped, under its business key in place of a column.
    """

    job = models.ForeignKey(
        Job,
        on_delete=models.CASCADE,
        related_name="refusals",
        verbose_name=_("job"),
        db_index=False,
    )
    row = models.PositiveIntegerField(_("row"))
    place = models.PositiveSmallIntegerField(_("place"))
    column = models.CharField(_("column"), max_length=64, blank=True)
    code = models.CharField(_("refusal"), max_length=64)
    detail = models.CharField(_("detail"), max_length=255)

    class Meta:
        verbose_name = _("refused row")
        verbose_name_plural = _("refused rows")
        constraints = [
            models.UniqueConstraint(fields=["job", "row", "place"], name="row_refusal_once")
        ]

    def __str__(self) -> str:
        return f"{self.job} {self.row}"


class ColumnMapping(models.Model):
    """Which heading of a person's files means which column, remembered from their last import."""

    owner = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="+", verbose_name=_("person"), db_index=False
    )
    subject = models.CharField(_("subject"), max_length=64)
    headings = models.JSONField(_("headings"), default=dict)

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        constraints = [
            models.UniqueConstraint(fields=["owner", "subject"], name="column_mapping_once")
        ]

    def __str__(self) -> str:
        return self.subject
