"""The words of the domain: frozen values and enums. Imports nothing else of ours, touches nothing outside itself."""
