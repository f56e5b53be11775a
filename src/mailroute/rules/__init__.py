"""Read the files of a rules directory into a frozen ruleset, or say what is wrong and where."""
