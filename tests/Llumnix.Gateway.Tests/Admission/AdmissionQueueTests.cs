using CsCheck;
using Llumnix.Gateway.Admission;
using Llumnix.Gateway.Placement;
using Microsoft.Extensions.Time.Testing;

namespace Llumnix.Gateway.Tests.Admission;

public sealed class AdmissionQueueTests
{
    private static readonly AdmissionLimits Limits = new(3, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(1));
    private static readonly string[] Models = ["a", "b"];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Arrivals, ends, clients that go and time, in any order: order, bound and deadline are those of the model.</summary>
    [Fact]
    public async Task Place_AnyCourseOfEvents_IsThatOfTheModel()
    {
        Gen<(int Kind, int Priority, int Pick)[]> events = Gen.Select(Gen.Int[0, 9], Gen.Int[-1, 1], Gen.Int[0, 1000]).Array[0, 60];
        await events.SampleAsync(async course => await RunAsync(course), iter: 2000);
    }

    [Fact]
    public async Task Place_HighClassHasNoRoom_LowClassOfAnotherModelDoesNotWait()
    {
        var rooms = new Rooms(0);
        using var queue = new AdmissionQueue(Limits, new FakeTimeProvider());
        Task<PlacementAnswer> high = PlaceAsync(queue, rooms, 0, 9, "a", Cancellation);
        PlacementAnswer low = await queue.PlaceAsync(queue.Arrive(-9, "b"), () => ValueTask.FromResult(new Rooms(1).Ask(1, "b")), Cancellation);
        Assert.Equal(PlacementRefusal.None, low.Refusal);
        Assert.False(high.IsCompleted);
        Assert.Equal(1, queue.Count);
    }

    /// <summary>Room may suit a small request and not a large one: each class has its own chance.</summary>
    [Fact]
    public async Task Place_HighClassOfTheSameModelIsRefused_LowClassIsAskedForAllTheSame()
    {
        using var queue = new AdmissionQueue(Limits, new FakeTimeProvider());
        Task<PlacementAnswer> high = queue.PlaceAsync(
            queue.Arrive(9, "a"), static () => ValueTask.FromResult(new PlacementAnswer(PlacementRefusal.Busy, null)), Cancellation).AsTask();
        PlacementAnswer low = await PlaceAsync(queue, new Rooms(1), 1, -9, "a", Cancellation);
        Assert.Equal(PlacementRefusal.None, low.Refusal);
        Assert.False(high.IsCompleted);
    }

    [Fact]
    public async Task Place_NobodyGivesBack_AsksAgainAtTheInterval()
    {
        var time = new FakeTimeProvider();
        var rooms = new Rooms(0);
        using var queue = new AdmissionQueue(Limits, time);
        Task<PlacementAnswer> placing = PlaceAsync(queue, rooms, 0, 0, "a", Cancellation);
        await queue.Round;
        int before = rooms.Questions;
        time.Advance(TimeSpan.FromMilliseconds(999));
        await queue.Round;
        Assert.Equal(before, rooms.Questions);
        time.Advance(TimeSpan.FromMilliseconds(1));
        await queue.Round;
        Assert.Equal(before + 1, rooms.Questions);
        time.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(PlacementRefusal.Busy, (await placing).Refusal);
        Assert.Equal(0, queue.Count);
    }

    /// <summary>The place that a scheduler gives too late must not be lost.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Place_EndsWhileItIsAskedFor_GivesTheLateAnswerBack(bool isClientGone)
    {
        var time = new FakeTimeProvider();
        var rooms = new Rooms(1);
        var late = new TaskCompletionSource<PlacementAnswer>();
        var asked = new TaskCompletionSource();
        using var queue = new AdmissionQueue(Limits, time);
        using var leaving = new CancellationTokenSource();
        int questions = 0;
        Task<PlacementAnswer> placing = queue.PlaceAsync(
            queue.Arrive(0, "a"),
            async () =>
            {
                if (questions++ == 0)
                {
                    return new PlacementAnswer(PlacementRefusal.Busy, null);
                }

                asked.TrySetResult();
                return await late.Task;
            },
            leaving.Token).AsTask();
        await asked.Task.WaitAsync(Cancellation);
        if (isClientGone)
        {
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => placing);
        }
        else
        {
            time.Advance(Limits.Timeout);
            Assert.Equal(PlacementRefusal.Busy, (await placing).Refusal);
        }

        Assert.Equal(0, queue.Count);
        late.SetResult(rooms.Ask(0, "a") with { Decode = rooms.Ask(0, "b").Lease });
        await queue.Round;
        Assert.Equal((1, 1), (rooms.FreeOf("a"), rooms.FreeOf("b")));
    }

    [Fact]
    public async Task Place_PlacerThrows_IsThrownToTheRequestAlone()
    {
        using var queue = new AdmissionQueue(Limits, new FakeTimeProvider());
        int questions = 0;
        Task<PlacementAnswer> failing = queue.PlaceAsync(
            queue.Arrive(0, "a"),
            () => questions++ == 0 ? ValueTask.FromResult(new PlacementAnswer(PlacementRefusal.Busy, null)) : throw new InvalidOperationException("x"),
            Cancellation).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(() => failing);
        Assert.Equal(PlacementRefusal.None, (await PlaceAsync(queue, new Rooms(1), 1, 0, "a", Cancellation)).Refusal);
    }

    private static async Task RunAsync((int Kind, int Priority, int Pick)[] course)
    {
        const int each = 2;
        var time = new FakeTimeProvider();
        var rooms = new Rooms(each);
        var model = new AdmissionModel(Limits.MaxWaiting, (int)Limits.Timeout.TotalMilliseconds, each);
        var requests = new List<(Task<PlacementAnswer> Placing, CancellationTokenSource Leaving, string Model)>();
        using var queue = new AdmissionQueue(Limits, time);
        foreach ((int kind, int priority, int pick) in course)
        {
            switch (kind)
            {
                case < 5:
                    string name = Models[pick % Models.Length];
                    var leaving = new CancellationTokenSource();
                    requests.Add((PlaceAsync(queue, rooms, requests.Count, priority, name, leaving.Token), leaving, name));
                    model.Arrive(priority, name);
                    break;
                case < 8 when model.Held.Count > 0:
                    int ended = model.Held[pick % model.Held.Count];
                    await (await requests[ended].Placing).Lease!.DisposeAsync();
                    model.GiveBack(ended, requests[ended].Model);
                    break;
                case 8 when model.Waiting.Any():
                    int gone = model.Waiting.ElementAt(pick % model.Waiting.Count());
                    await requests[gone].Leaving.CancelAsync();
                    model.Cancel(gone);
                    break;
                default:
                    time.Advance(TimeSpan.FromMilliseconds(pick * 3));
                    model.Advance(pick * 3);
                    break;
            }

            await queue.Round;
            Assert.Equal(model.Placed, rooms.Placed);
            Assert.Equal(model.Waiting.Count(), queue.Count);
        }

        for (int id = 0; id < requests.Count; id++)
        {
            (Task<PlacementAnswer> placing, CancellationTokenSource leaving, _) = requests[id];
            if (model.Outcomes[id] == 'W')
            {
                await leaving.CancelAsync();
                model.Cancel(id);
            }

            Assert.Equal(model.Outcomes[id], await OutcomeAsync(placing));
            leaving.Dispose();
        }

        Assert.Equal(0, queue.Count);
    }

    private static async Task<char> OutcomeAsync(Task<PlacementAnswer> placing)
    {
        try
        {
            return (await placing).Refusal switch
            {
                PlacementRefusal.None => 'P',
                PlacementRefusal.QueueFull => 'F',
                _ => 'B',
            };
        }
        catch (OperationCanceledException)
        {
            return 'C';
        }
    }

    private static Task<PlacementAnswer> PlaceAsync(
        AdmissionQueue queue, Rooms rooms, int request, int priority, string model, CancellationToken cancellation) =>
        queue.PlaceAsync(queue.Arrive(priority, model), () => ValueTask.FromResult(rooms.Ask(request, model)), cancellation).AsTask();
}
