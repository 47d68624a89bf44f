namespace Llumnix.Adapters.Options;

/// <summary>The kinds of places that set an option, weakest first.</summary>
public enum OptionSourceKind
{
    /// <summary>Not set.</summary>
    Default,

    /// <summary>It follows from other options.</summary>
    Derived,

    /// <summary>The configuration file.</summary>
    File,

    /// <summary>An environment variable.</summary>
    Environment,

    /// <summary>A flag.</summary>
    Flag,

    /// <summary>A key inside <c>--extra-args</c>.</summary>
    ExtraArguments,
}
