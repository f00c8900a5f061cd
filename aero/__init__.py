"""What every part of AERO shares: settings, names of the data, the source's layouts, the services and the command."""
