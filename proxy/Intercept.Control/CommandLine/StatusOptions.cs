using System.Net;

namespace Intercept.Control.CommandLine;

/// <param name="Socket">Asked instead of the address, where one is given.</param>
internal sealed record StatusOptions(IPEndPoint Address, string? Socket, bool IsJson);
