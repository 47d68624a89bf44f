namespace Llumnix.Attacks.Soak.Gateway;

/// <summary>What came of one request.</summary>
internal enum SoakOutcome
{
    /// <summary>A whole answer.</summary>
    Answered,

    /// <summary>An error in OpenAI's shape, as the answer or as the last event of a stream.</summary>
    Error,

    /// <summary>The client has gone, as it wanted to.</summary>
    Vanished,

    /// <summary>Anything else: a broken connection, or an answer that is neither whole nor an error.</summary>
    Bad,
}
