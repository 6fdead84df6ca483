"""The staff app: sign-in, inbox, cases, exports."""
