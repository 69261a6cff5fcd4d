"""Receipts and invoices: who sold what, when, and for how much, named as AnalyzeExpense names it."""
