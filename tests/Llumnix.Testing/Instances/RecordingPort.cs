namespace Llumnix.Testing.Instances;

/// <summary>A port that records its calls, and lets a test await a state.</summary>
/// <typeparam name="TSelf">The port itself.</typeparam>
public abstract class RecordingPort<TSelf>
    where TSelf : RecordingPort<TSelf>
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly List<(Func<TSelf, bool> IsReached, TaskCompletionSource Signal)> _waiting = [];

    /// <summary>Completes as soon as the predicate holds after a call, or at once when it holds already.</summary>
    /// <param name="isReached">Evaluated under the port's lock.</param>
    /// <exception cref="TimeoutException">The predicate did not hold within half a minute.</exception>
    public Task WaitUntilAsync(Func<TSelf, bool> isReached)
    {
        lock (_lock)
        {
            if (isReached((TSelf)this))
            {
                return Task.CompletedTask;
            }

            var signal = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((isReached, signal));
            return signal.Task.WaitAsync(Timeout);
        }
    }

    /// <summary>Makes a change and completes the tasks that wait for it.</summary>
    protected void Record(Action change)
    {
        lock (_lock)
        {
            change();
            for (int i = _waiting.Count - 1; i >= 0; i--)
            {
                if (_waiting[i].IsReached((TSelf)this))
                {
                    _waiting[i].Signal.SetResult();
                    _waiting.RemoveAt(i);
                }
            }
        }
    }
}
