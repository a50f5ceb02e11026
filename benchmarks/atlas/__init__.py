"""What the rules of the frameworks do on every case that is shipped, as one page: `make atlas`."""
