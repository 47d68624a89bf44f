using Llumnix.Scheduling.PrefixCache;
using Llumnix.Simulation.Workloads;

namespace Llumnix.Simulation.Fleet;

/// <summary>Lookups of prompts in the KV metadata service, before the scheduler decides.</summary>
public sealed partial class FleetSimulation
{
    /// <summary>Asks until the hits of the prompt are known or the budget is used up.</summary>
    private void LookUp(PrefixLookup lookup)
    {
        TimeSpan delay = _options.Path.KvMetadataDelay;
        while (!lookup.IsComplete)
        {
            IReadOnlyList<PrefixQuestion> asked = _kvMetadata!.Ask(lookup, delay);
            if (delay > TimeSpan.Zero)
            {
                foreach (PrefixQuestion question in asked)
                {
                    _events.Add(question.AnswerAt, SimulationEventKind.EndQuestion, 0, lookup);
                }

                return;
            }

            _kvMetadata.EndQuestion(lookup);
        }

        lookup.IsOver = true;
        Dispatch(lookup.Run, lookup.Hits);
    }

    /// <summary>What tells a scheduler with a history of placements which prompt this is: the content ids of its complete blocks.</summary>
    private PromptPrefix PrefixOf(RequestArrival arrival)
    {
        if (!_options.DoPlacementsNamePrefixes)
        {
            return default;
        }

        int blockTokens = _engines[0].Model.Configuration.PrefixBlockSize;
        return new PromptPrefix(arrival.ContentIds[..Math.Min(arrival.ContentIds.Length, arrival.PromptTokens / blockTokens)], blockTokens);
    }

    /// <summary>Answers come in the order of their questions, since each takes equally long. Answers after a gap are not needed.</summary>
    private void EndQuestion(PrefixLookup lookup)
    {
        if (!lookup.IsOver)
        {
            _kvMetadata!.EndQuestion(lookup);
            LookUp(lookup);
        }
    }
}
