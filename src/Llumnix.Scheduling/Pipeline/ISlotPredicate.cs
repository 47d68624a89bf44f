namespace Llumnix.Scheduling.Pipeline;

/// <summary>A condition on an instance. Implemented by structs, so that the call is inlined into loops over slots and allocates nothing.</summary>
internal interface ISlotPredicate
{
    /// <summary>Whether the instance in a slot meets the condition.</summary>
    bool Holds(int slot);
}
