"""What is wrong with each printer, in words, and a file to attach when that is not enough."""
