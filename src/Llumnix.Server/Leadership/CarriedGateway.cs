namespace Llumnix.Server.Leadership;

/// <summary>A gateway whose keep-alive connection another replica carries.</summary>
/// <param name="Id">The gateway's id.</param>
/// <param name="IsProven">Whether the connection itself shows that the id is its own.</param>
internal sealed record CarriedGateway(string Id, bool IsProven);
