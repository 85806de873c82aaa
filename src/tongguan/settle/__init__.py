"""Pay and economics: rate cards, the ledger, payslips, appeals."""
