namespace Llumnix.Gateway.Tokenization;

/// <summary>What came of asking an engine for a prompt's tokens.</summary>
internal enum TokenizeOutcome : byte
{
    /// <summary>The engine has counted them.</summary>
    Exact,

    /// <summary>No engine of the model can be asked: discovery knows none, or all have failed a moment ago.</summary>
    NoEngine,

    /// <summary>The engine has not answered in time.</summary>
    TimedOut,

    /// <summary>The engine cannot be connected to, has broken off, or answers something else than tokens.</summary>
    Failed,

    /// <summary>The engine refuses the prompt.</summary>
    Refused,
}
