namespace Llumnix.Gateway.Disaggregation;

/// <summary>
/// How prefill and decode engines are told of each other: in which order they are called, and what is changed in the client's body for each.
/// Safe for concurrent use.
/// </summary>
internal interface IPdProtocol
{
    /// <summary>Calls the engines of one attempt until the headers of the decode engine's answer have come, or an engine has failed.</summary>
    /// <returns>The decode engine's answer; that of the prefill engine when it is no success.</returns>
    /// <exception cref="OperationCanceledException">The request was ended from outside.</exception>
    Task<LegAnswer> SendAsync(PdAttempt attempt);
}
