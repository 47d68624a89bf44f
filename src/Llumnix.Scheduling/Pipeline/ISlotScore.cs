namespace Llumnix.Scheduling.Pipeline;

/// <summary>A number that instances are ranked by. Implemented by structs, so that a loop over slots has it inlined and allocates nothing.</summary>
internal interface ISlotScore
{
    /// <summary>The number of the instance in a slot; never NaN.</summary>
    double Of(int slot);
}
