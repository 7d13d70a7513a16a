"""Why a file is refused as a whole. Nothing of a refused file is kept."""

from django.utils.translation import gettext_lazy as _

from apps.common.errors import Unprocessable


class FileTooLarge(Unprocessable):
    code = "file_too_large"
    message = _("The file is larger than %(megabytes)s MB. Split it into several files.")


class FileFormatUnknown(Unprocessable):
    code = "file_format_unknown"
    message = _("Only .xlsx and .csv files can be read. Save the file as one of these.")


class FileProtected(Unprocessable):
    code = "file_protected"
    message = _("The workbook is protected by a password. Save it without one.")


class FileHasMacros(Unprocessable):
    code = "file_has_macros"
    message = _("The workbook contains macros. Save it as .xlsx.")


class FileDamaged(Unprocessable):
    code = "file_damaged"
    message = _("The file is damaged or was not written by a spreadsheet program.")


class FileInflates(Unprocessable):
    code = "file_inflates"
    message = _("The workbook is too large once it is unpacked. Split it into several files.")


class FileEncodingUnknown(Unprocessable):
    code = "file_encoding_unknown"
    message = _("The text of the file is neither UTF-8 nor GBK. Save it as CSV UTF-8.")


class TooManyColumns(Unprocessable):
    code = "file_too_many_columns"
    message = _("The file has more than %(columns)s columns.")


class TooManyRows(Unprocessable):
    code = "file_too_many_rows"
    message = _("The file has more than %(rows)s rows. Split it into several files.")


class CellTooLong(Unprocessable):
    code = "file_cell_too_long"
    message = _("A cell holds more than %(length)s characters.")


class FileEmpty(Unprocessable):
    code = "file_empty"
    message = _("The file has no rows below its headings.")


class HeadingTwice(Unprocessable):
    code = "file_heading_twice"
    message = _("The heading “%(heading)s” appears twice.")
