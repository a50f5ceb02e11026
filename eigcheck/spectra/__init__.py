"""What is true of eigenpairs: conventions and gauge, how they are followed, how sensitive, multiple and smooth they are."""
