namespace Llumnix.Gateway.Http;

/// <summary>A model as an engine lists it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Json">The engine's whole entry for it, a JSON object.</param>
internal sealed record ListedModel(string Id, string Json);
