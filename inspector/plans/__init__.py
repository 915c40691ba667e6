"""The quarter's plan: how often each outlet is to be visited, what is done, planned and missing;
and drawing the missing visits by lot."""
