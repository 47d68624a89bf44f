namespace Llumnix.Server.Http;

/// <summary>A row of the route table.</summary>
/// <param name="Path">The whole path; case matters.</param>
/// <param name="Port">Which port answers it; on the other one the path is not found.</param>
/// <param name="Endpoint">Answers.</param>
internal sealed record ApiRoute(string Path, ListenerPort Port, IEndpoint Endpoint);
