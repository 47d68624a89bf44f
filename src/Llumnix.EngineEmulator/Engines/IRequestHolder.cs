namespace Llumnix.EngineEmulator.Engines;

/// <summary>What computes a request: an engine of this process, or one that is reached over the network.</summary>
internal interface IRequestHolder
{
    /// <summary>The engine, as other engines know it.</summary>
    EngineAddress Address { get; }

    /// <returns>False when the request is not here: it has ended, or has moved on.</returns>
    bool TryAbort(TokenStream stream);
}
