"""Connected accounts: Calendly tokens in Secrets Manager, and the protocol that keeps them alive."""
