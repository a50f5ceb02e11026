"""What a hunt finds in the rules of the frameworks, as one page: `make findings`."""
