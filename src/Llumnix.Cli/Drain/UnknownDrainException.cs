using System.Net;

namespace Llumnix.Cli.Drain;

/// <summary>The scheduler knows no such instance or drain. A 404 of a server without the path is none.</summary>
/// <param name="message">The message.</param>
internal sealed class UnknownDrainException(string message) : HttpRequestException(message, null, HttpStatusCode.NotFound);
