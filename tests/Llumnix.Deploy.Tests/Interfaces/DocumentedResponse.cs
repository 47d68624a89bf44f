namespace Llumnix.Deploy.Tests.Interfaces;

/// <summary>What an OpenAPI document tells of one status of an operation.</summary>
/// <param name="Description">When it is answered.</param>
/// <param name="Headers">Names of its headers.</param>
/// <param name="Content">The schemas of its body by media type, null where the document has none; empty for a response without a body.</param>
internal sealed record DocumentedResponse(string Description, IReadOnlyCollection<string> Headers, IReadOnlyDictionary<string, AnswerSchema?> Content);
