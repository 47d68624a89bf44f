using System.Globalization;

namespace Llumnix.Cli.Profiling;

/// <summary>Measures every cell of a grid that is not in the tables yet. Failed and implausible measurements stay out of the tables.</summary>
/// <param name="probe">Sends the requests.</param>
/// <param name="network">The network's part of every latency.</param>
/// <param name="grid">What to measure.</param>
/// <param name="time">The clock of timeouts.</param>
/// <param name="progress">Receives each finished cell.</param>
internal sealed class LatencyProfiler(LatencyProbe probe, IRoundTrip network, ProfileGrid grid, TimeProvider time, IProgress<ProfileCell> progress)
{
    /// <summary>Measures prefill times.</summary>
    /// <exception cref="ProfileException">The endpoint cannot be measured at all.</exception>
    public async Task MeasurePrefillAsync(ProfileTableFile table, CancellationToken cancellation)
    {
        foreach (int tokens in grid.PromptTokens)
        {
            await MeasureAsync(table, $"prefill of {tokens} tokens", [("tokens_num", tokens)], token => PrefillAsync(tokens, token), cancellation);
        }
    }

    /// <summary>Measures decode step times.</summary>
    /// <exception cref="ProfileException">The endpoint cannot be measured at all.</exception>
    public async Task MeasureDecodeAsync(ProfileTableFile table, CancellationToken cancellation)
    {
        foreach (int batch in grid.BatchSizes)
        {
            foreach (int tokens in grid.TokensPerRequest)
            {
                await MeasureAsync(
                    table,
                    $"decode of {batch} requests with {tokens} tokens",
                    [("batch_size", batch), ("tokens_per_request", tokens)],
                    token => DecodeAsync(batch, tokens, token),
                    cancellation);
            }
        }
    }

    private async Task MeasureAsync(
        ProfileTableFile table, string name, (string Name, int Value)[] key, Func<CancellationToken, Task<CellSamples>> measure, CancellationToken cancellation)
    {
        if (table.Has(key))
        {
            progress.Report(new ProfileCell(name + " (from before)", null) { IsKnown = true });
            return;
        }

        CellSamples samples = await TryAsync(measure, cancellation);
        string? refusal = samples.Refusal ?? CellPlausibility.Problem(samples.Milliseconds);
        if (refusal is null)
        {
            CellStatistics statistics = CellStatistics.Of(samples.Milliseconds);
            int[] sizes = [.. key.Select(static member => member.Value)];
            refusal = CellPlausibility.Problem(sizes, statistics.P50, table.Medians([.. key.Select(static member => member.Name)]), isPrefill: key.Length == 1);
            if (refusal is null)
            {
                table.Add(statistics, key);
                progress.Report(new ProfileCell(name, statistics.P50));
                return;
            }
        }

        progress.Report(new ProfileCell(name, null) { Refusal = refusal });
    }

    private async Task<CellSamples> TryAsync(Func<CancellationToken, Task<CellSamples>> measure, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(grid.Timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeout.Token);
        try
        {
            return await measure(linked.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return CellSamples.Refused(string.Create(CultureInfo.InvariantCulture, $"not done within {grid.Timeout.TotalSeconds} s"));
        }
    }

    /// <summary>
    /// Time to the only token, less the overhead outside the engine: the policy adds up the engine's times for the chunks of a prompt, whereas the
    /// overhead occurs once. The first request is not counted, as it includes connecting and the engine's own warm-up.
    /// </summary>
    private async Task<CellSamples> PrefillAsync(int tokens, CancellationToken cancellation)
    {
        double[] samples = new double[grid.Repeats];
        double?[] refusals = new double?[grid.Repeats];
        double roundTrip = await network.MeasureAsync(cancellation);
        for (int i = -1; i < samples.Length; i++)
        {
            double? refusal = await probe.RefusalAsync(tokens, cancellation);
            ProbeAnswer answer = await probe.StreamAsync(tokens, outputTokens: 1, cancellation);
            if (answer.Sample is not { } sample)
            {
                return CellSamples.Refused(answer.Refusal!);
            }

            if (sample.CachedTokens > 0)
            {
                return CellSamples.Refused(
                    $"{sample.CachedTokens} prompt tokens came out of a prefix cache: start the engine without one (vLLM --no-enable-prefix-caching, SGLang --disable-radix-cache)");
            }

            if (i >= 0)
            {
                (samples[i], refusals[i]) = (sample.Times[0], refusal);
            }
        }

        double overhead = Overhead(roundTrip, refusals, samples);
        return new CellSamples([.. samples.Select(sample => sample - overhead)], null);
    }

    /// <summary>
    /// The overhead: the time of a refused request; or the network's round trip, when the engine refuses none, or refuses so slowly that this would
    /// be most of the measured time.
    /// </summary>
    private static double Overhead(double roundTrip, double?[] refusals, double[] samples)
    {
        if (refusals.Any(static refusal => refusal is null))
        {
            return roundTrip;
        }

        double refusal = CellStatistics.Of([.. refusals.Select(static refusal => refusal!.Value)]).P50;
        double whole = CellStatistics.Of(samples).P50;
        return refusal - roundTrip <= (whole - roundTrip) / 2 ? Math.Max(refusal, roundTrip) : roundTrip;
    }

    private async Task<CellSamples> DecodeAsync(int batch, int tokens, CancellationToken cancellation)
    {
        double[] samples = new double[grid.Repeats];
        for (int i = 0; i < samples.Length; i++)
        {
            CellSamples step = await DecodeStepAsync(batch, tokens, cancellation);
            if (step.Refusal is not null)
            {
                return step;
            }

            samples[i] = step.Milliseconds[0];
        }

        return new CellSamples(samples, null);
    }

    /// <summary>
    /// The time of one step while the whole batch decodes: from the last first token to the first last token. Prompts are shortened so that contexts
    /// have the wanted length in the middle of that time.
    /// </summary>
    private async Task<CellSamples> DecodeStepAsync(int batch, int tokens, CancellationToken cancellation)
    {
        int output = grid.StepsToFill(batch, tokens) + grid.DecodeSteps;
        int prompt = Math.Max(1, tokens - output + (grid.DecodeSteps / 2));
        long start = time.GetTimestamp();
        var streams = new List<Task<(double Sent, ProbeAnswer Answer)>>(batch);
        for (int i = 0; i < batch; i++)
        {
            streams.Add(StreamAsync(prompt, output, start, cancellation));
        }

        (double Sent, ProbeAnswer Answer)[] all = await Task.WhenAll(streams);
        if (all.Select(static stream => stream.Answer.Refusal).FirstOrDefault(static refusal => refusal is not null) is { } refusal)
        {
            return CellSamples.Refused(refusal);
        }

        double from = all.Max(static stream => stream.Sent + stream.Answer.Sample!.Times[0]);
        double to = all.Min(static stream => stream.Sent + stream.Answer.Sample!.Times[^1]);
        double?[] steps = [.. all.Select(stream => stream.Answer.Sample!.MeanStep(from - stream.Sent, to - stream.Sent))];
        return from > to ? CellSamples.Refused("the requests never decoded all at once: they do not fit into the engine's KV cache or its batch")
            : steps.Any(static step => step is null) ? CellSamples.Refused("too few events while all requests decoded: raise --decode-steps")
            : steps.Any(static step => step <= 0) ? CellSamples.Refused("tokens arrived all at once: something on the way holds the stream back")
            : new CellSamples([steps.Order().ElementAt(steps.Length / 2)!.Value], null);
    }

    private async Task<(double Sent, ProbeAnswer Answer)> StreamAsync(int prompt, int output, long start, CancellationToken cancellation)
    {
        double sent = time.GetElapsedTime(start).TotalMilliseconds;
        return (sent, await probe.StreamAsync(prompt, output, cancellation));
    }
}
