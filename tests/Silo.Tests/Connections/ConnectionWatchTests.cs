using System.Reflection;
using AdaptCluster.Connections;
using Orleans.Serialization.Invocation;

namespace AdaptCluster.Silo.Tests.Connections;

public sealed class ConnectionWatchTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_loss_ends_what_waits_and_only_a_single_silo_is_not_asked_again(bool isFinal)
    {
        var watch = new ConnectionWatch("lab:30000", isFinal, TestContext.Current.CancellationToken);
        var waiting = watch.Invoke(new Call(new TaskCompletionSource().Task));
        Assert.False(waiting.IsCompleted);

        watch.NotifyClusterConnectionLost();

        Assert.Contains("lab:30000", (await Assert.ThrowsAsync<ConnectionLostException>(() => waiting)).Message, StringComparison.Ordinal);
        var next = watch.Invoke(new Call(Task.CompletedTask));
        if (isFinal) await Assert.ThrowsAsync<ConnectionLostException>(() => next);
        else await next;
    }

    [Fact]
    public async Task A_call_has_its_own_answer_and_error()
    {
        var watch = new ConnectionWatch("lab:30000", isFinal: true, TestContext.Current.CancellationToken);

        await watch.Invoke(new Call(Task.CompletedTask));
        await Assert.ThrowsAsync<TimeoutException>(() => watch.Invoke(new Call(Task.FromException(new TimeoutException()))));
    }

    /// <summary>A call that ends when a test says so.</summary>
    private sealed class Call(Task end) : IOutgoingGrainCallContext
    {
        public Task Invoke() => end;

        public IInvokable Request => throw new NotSupportedException();

        public object Grain => throw new NotSupportedException();

        public MethodInfo InterfaceMethod => throw new NotSupportedException();

        public object? Result { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public Response? Response { get; set; }

        public GrainId? SourceId => null;

        public GrainId TargetId => throw new NotSupportedException();

        public GrainInterfaceType InterfaceType => throw new NotSupportedException();

        public string InterfaceName => throw new NotSupportedException();

        public string MethodName => throw new NotSupportedException();

        public IGrainContext? SourceContext => null;
    }
}
