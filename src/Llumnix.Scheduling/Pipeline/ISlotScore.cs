namespace Llumnix.Scheduling.Pipeline;

/// <summary>A number to rank instances by. Implemented by structs, so that the call is inlined into loops over slots and allocates nothing.</summary>
internal interface ISlotScore
{
    /// <summary>The number of the instance in a slot; never NaN.</summary>
    double Of(int slot);
}
