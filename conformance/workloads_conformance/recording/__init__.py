"""The record of a run: every exchange, redacted, in a chain of lines: written, and read."""

from .chain import ChainWriter, DamagedRecordError, read_chain
from .entries import RECORD_FORMAT
from .har import HAR_NAME, write_har
from .place import ReportDirectory
from .reader import RunRecord, read_record
from .recorder import RECORD_NAME, Recorder
from .transport import RecordingTransport

__all__ = [
    "HAR_NAME",
    "RECORD_FORMAT",
    "RECORD_NAME",
    "ChainWriter",
    "DamagedRecordError",
    "Recorder",
    "RecordingTransport",
    "ReportDirectory",
    "RunRecord",
    "read_chain",
    "read_record",
    "write_har",
]
