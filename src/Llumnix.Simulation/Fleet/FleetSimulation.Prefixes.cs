namespace Llumnix.Simulation.Fleet;

/// <summary>Lookups of prompts in the KV metadata service, before the scheduler decides.</summary>
public sealed partial class FleetSimulation
{
    /// <summary>Asks one question after the other, until it is known how much of the prompt each engine holds.</summary>
    private void LookUp(PrefixLookup lookup)
    {
        TimeSpan delay = _options.Path.KvMetadataDelay;
        while (!lookup.IsComplete)
        {
            _kvMetadata!.Ask(lookup, delay);
            if (delay > TimeSpan.Zero)
            {
                _events.Add(lookup.AnswerAt, SimulationEventKind.EndQuestion, 0, lookup);
                return;
            }

            _kvMetadata.EndQuestion(lookup);
        }

        Dispatch(lookup.Run, lookup.Hits);
    }

    private void EndQuestion(PrefixLookup lookup)
    {
        _kvMetadata!.EndQuestion(lookup);
        LookUp(lookup);
    }
}
