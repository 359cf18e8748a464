"""Scripted attackers answer the bank through the real judge; the report says what passes and what would help."""

from gate.bank.audit.report import LanguageReport as LanguageReport
from gate.bank.audit.report import QuestionReport as QuestionReport
from gate.bank.audit.report import Report as Report
from gate.bank.audit.run import audit as audit
