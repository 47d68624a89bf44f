namespace Llumnix.Scheduling.Pipeline;

/// <summary>A selector's pick, with what <see cref="PolicyState{TInstance}.OnPlaced"/> needs of it. The default value is <see cref="None"/>.</summary>
public readonly record struct Selection
{
    // The slot plus 1, so that the default value is None.
    private readonly int _number;

    private Selection(int slot, bool isLate) => (_number, IsLate) = (slot + 1, isLate);

    /// <summary>No candidate is good enough: the request is refused or deferred.</summary>
    public static Selection None => default;

    /// <summary>Slot of the chosen instance; -1 for none.</summary>
    public int Slot => _number - 1;

    /// <summary>Whether nothing was chosen.</summary>
    public bool IsNone => _number == 0;

    /// <summary>
    /// Whether the request is expected to miss its target on every instance, so that later requests need not protect it. False for policies without
    /// targets.
    /// </summary>
    public bool IsLate { get; }

    /// <summary>The instance in a slot; none for -1.</summary>
    public static Selection At(int slot) => new(slot, isLate: false);

    /// <summary>The instance in a slot, for a request that misses its target; none for -1.</summary>
    public static Selection Late(int slot) => new(slot, isLate: true);
}
