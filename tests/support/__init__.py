"""What tests share: real servers, fakes that are real servers with a script, factories. No tests here."""
