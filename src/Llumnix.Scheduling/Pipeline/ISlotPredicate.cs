namespace Llumnix.Scheduling.Pipeline;

/// <summary>A condition on an instance. Implemented by structs, so that the call is inlined into loops over slots and allocates nothing.</summary>
internal interface ISlotPredicate
{
    /// <summary>Whether the instance in a slot meets the condition.</summary>
    bool Holds(int slot);

    /// <summary>Which instances of a <see cref="SlotBlock"/> meet it: bit i for that in the block's slot i.</summary>
    /// <param name="slot">The block's first slot.</param>
    uint HoldsFrom(int slot);
}
