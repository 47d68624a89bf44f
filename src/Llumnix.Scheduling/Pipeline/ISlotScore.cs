namespace Llumnix.Scheduling.Pipeline;

/// <summary>A number to rank instances by. Implemented by structs, so that the call is inlined into loops over slots and allocates nothing.</summary>
internal interface ISlotScore
{
    /// <summary>The number of the instance in a slot; never NaN.</summary>
    double Of(int slot);

    /// <summary>Whether the numbers of all instances of a <see cref="SlotBlock"/> are above a bound.</summary>
    /// <param name="slot">The block's first slot.</param>
    /// <param name="bound">The bound.</param>
    bool AreAllAbove(int slot, double bound);
}
