using System.Globalization;
using System.Text.Json;
using Llumnix.Adapters.Options;
using Llumnix.Cli.Load;

namespace Llumnix.Cli.Drain;

/// <summary>
/// Waits until the instances of a drain are safe to delete. A scheduler that does not answer is asked again; when it does not know the drain afterwards, it is
/// another one, and the drain is ordered anew.
/// </summary>
/// <param name="client">Calls the scheduler.</param>
/// <param name="scope">The scope.</param>
/// <param name="value">What is drained.</param>
/// <param name="isJson">Whether the last answer is printed in JSON, in place of a line per change.</param>
/// <param name="output">Receives a line per change, or the last answer.</param>
/// <param name="errors">Receives what goes wrong.</param>
/// <param name="time">The clock.</param>
internal sealed class DrainWait(DrainClient client, string scope, string value, bool isJson, TextWriter output, TextWriter errors, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private string _shown = "";
    private string _failure = "";
    private DrainStatus? _last;

    /// <summary>Orders the drain and waits. The exit code is one of <see cref="DrainExit"/>, or that of an interruption after the order.</summary>
    /// <param name="timeout">Longest time to wait.</param>
    /// <param name="cancellation">Ends the wait early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before the scheduler took the order.</exception>
    internal async Task<int> RunAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        try
        {
            return await WaitAsync(timeout, cancellation);
        }
        catch (OperationCanceledException) when (_last is not null && cancellation.IsCancellationRequested)
        {
            await errors.WriteLineAsync($"interrupted: the drain of {DrainText.NameOf(_last, scope, value)} stays in force; --undo in place of --wait ends it");
            return ExitCodes.Interrupted;
        }
    }

    private async Task<int> WaitAsync(TimeSpan timeout, CancellationToken cancellation)
    {
        long start = time.GetTimestamp();
        bool isOrdered = false;
        while (true)
        {
            try
            {
                DrainStatus status = isOrdered
                    ? await client.TellAsync(scope, value, cancellation)
                    : await client.OrderAsync(scope, value, cancellation);
                isOrdered = true;
                _failure = "";
                _last = status;
                if (status.SafeToDelete || (scope == "instance" && status.Drains.All(static drain => drain.Instances.Count == 0)))
                {
                    await output.WriteAsync(DrainText.Show(status, isJson));
                    return status.SafeToDelete ? DrainExit.Done : DrainExit.Unknown;
                }

                await ShowAsync(status);
            }
            catch (UnknownDrainException) when (isOrdered && _failure.Length > 0)
            {
                isOrdered = false;
                continue;
            }
            catch (HttpRequestException exception) when ((int?)exception.StatusCode < 500)
            {
                await errors.WriteLineAsync(CallFailure.Describe(exception));
                return exception is UnknownDrainException ? DrainExit.Unknown : DrainExit.Failed;
            }
            catch (Exception exception) when (
                exception is HttpRequestException or JsonException or IOException
                || (exception is TaskCanceledException && !cancellation.IsCancellationRequested))
            {
                await TellAsync(CallFailure.Describe(exception), timeout - time.GetElapsedTime(start));
            }

            TimeSpan left = timeout - time.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                if (isJson && _last is not null)
                {
                    await output.WriteAsync(DrainText.Show(_last, isJson));
                }

                await errors.WriteLineAsync("not safe to delete within the timeout");
                return DrainExit.NotSafe;
            }

            await Task.Delay(left < Interval ? left : Interval, time, cancellation);
        }
    }

    private async Task ShowAsync(DrainStatus status)
    {
        string text = DrainText.Render(status);
        if (!isJson && text != _shown)
        {
            await output.WriteAsync(text);
            _shown = text;
        }
    }

    /// <summary>Each failure is told once, however long it lasts.</summary>
    private async Task TellAsync(string failure, TimeSpan left)
    {
        if (failure != _failure)
        {
            await errors.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"{failure}; asking again for up to {Math.Max(0, Math.Ceiling(left.TotalSeconds))} s (--timeout); without --wait the command ends at the first failure"));
            _failure = failure;
        }
    }
}
