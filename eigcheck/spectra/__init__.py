"""What is differentiated: spectra, their conventions, how pairs are followed, how sensitive and how multiple they are."""
