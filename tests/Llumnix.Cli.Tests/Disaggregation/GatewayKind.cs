namespace Llumnix.Cli.Tests.Disaggregation;

/// <summary>What places the requests.</summary>
public enum GatewayKind
{
    /// <summary><c>llumnix serve</c>: a scheduler in the same process.</summary>
    Serve,

    /// <summary><c>llumnix gateway</c> with a scheduler of lite mode.</summary>
    LiteMode,

    /// <summary><c>llumnix gateway</c> with a scheduler of full mode.</summary>
    FullMode,
}
