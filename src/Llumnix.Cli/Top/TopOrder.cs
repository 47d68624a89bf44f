namespace Llumnix.Cli.Top;

/// <summary>What the instances are sorted by; the names are those of the option.</summary>
internal enum TopOrder
{
    /// <summary>By id.</summary>
    Id,

    /// <summary>By health, the ones that get no requests first.</summary>
    Health,

    /// <summary>By running requests, most first.</summary>
    Running,

    /// <summary>By waiting requests, most first.</summary>
    Waiting,

    /// <summary>By the share of the KV cache in use, highest first.</summary>
    Kv,

    /// <summary>By requests in flight, most first.</summary>
    Flight,

    /// <summary>By the age of the signal, oldest first.</summary>
    Age,
}
