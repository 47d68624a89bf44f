namespace Llumnix.Gateway.Http;

/// <summary>The models of all engines and of external routes at one moment.</summary>
/// <param name="Models">One entry per name.</param>
/// <param name="AnsweringEngines">Number of engines that answered, even with a client error.</param>
/// <param name="At">The moment, as a timestamp.</param>
internal sealed record ModelList(IReadOnlyList<ListedModel> Models, int AnsweringEngines, long At);
