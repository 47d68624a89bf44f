namespace Llumnix.EngineEmulator.Engines;

/// <summary>The engine that computes a request: in this process, or reached over the network.</summary>
internal interface IRequestHolder
{
    /// <summary>The engine's address for other engines.</summary>
    EngineAddress Address { get; }

    /// <returns>False when the request is not here: it has ended or moved on.</returns>
    bool TryAbort(TokenStream stream);
}
