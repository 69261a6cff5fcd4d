"""Textract: documents read by the models that are installed here, in the shapes of Amazon Textract."""

from albumen.aws_api.services.textract.service import Textract

__all__ = ["Textract"]
