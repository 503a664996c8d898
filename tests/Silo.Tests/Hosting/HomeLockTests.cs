using AdaptCluster.Contracts;
using AdaptCluster.Silo.Hosting;

namespace AdaptCluster.Silo.Tests.Hosting;

public sealed class HomeLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-home-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_home_is_held_by_one_at_a_time_and_free_afterwards()
    {
        Assert.True(HomeLock.TryTake(_folder, out var first));
        Assert.False(HomeLock.TryTake(_folder, out _));
        first.Dispose();
        Assert.True(HomeLock.TryTake(_folder, out var second));
        second.Dispose();
    }

    [Fact]
    public void Many_read_a_home_at_a_time_and_a_silo_waits_for_all_of_them()
    {
        Assert.True(HomeLock.TryShare(_folder, out var first));
        Assert.True(HomeLock.TryShare(_folder, out var second));
        Assert.Null(HomeLock.Holder(_folder));
        first.Dispose();
        Assert.False(HomeLock.TryTake(_folder, out _));
        second.Dispose();
        Assert.True(HomeLock.TryTake(_folder, out var silo));
        Assert.False(HomeLock.TryShare(_folder, out _));
        Assert.NotNull(HomeLock.Holder(_folder));
        silo.Dispose();
        Assert.True(HomeLock.TryShare(_folder, out var third));
        third.Dispose();
    }

    [Fact]
    public void A_home_is_its_owners_alone_from_the_beginning_and_an_older_one_from_now_on()
    {
        // Windows has other permissions.
        if (OperatingSystem.IsWindows()) return;
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode everybody = owner
            | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        var fresh = Path.Combine(_folder, "fresh");
        Assert.True(HomeLock.TryTake(fresh, out var home));
        home.Dispose();
        Assert.Equal(owner, File.GetUnixFileMode(fresh));

        var old = Directory.CreateDirectory(Path.Combine(_folder, "old"), everybody).FullName;
        File.WriteAllText(Path.Combine(old, "notes"), "mine");
        File.SetUnixFileMode(Path.Combine(old, "notes"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var link = Path.Combine(_folder, "link");
        Directory.CreateSymbolicLink(link, old);
        Assert.True(HomeLock.TryTake(link, out home));
        home.Dispose();
        Assert.Equal((owner, UnixFileMode.UserRead | UnixFileMode.OtherRead, "mine"),
            (File.GetUnixFileMode(old), File.GetUnixFileMode(Path.Combine(old, "notes")), File.ReadAllText(Path.Combine(old, "notes"))));

        var shared = Directory.CreateDirectory(Path.Combine(_folder, "shared"), everybody | UnixFileMode.StickyBit).FullName;
        Assert.True(HomeLock.TryTake(shared, out home));
        home.Dispose();
        Assert.Equal(everybody | UnixFileMode.StickyBit, File.GetUnixFileMode(shared));
    }

    [Fact]
    public void A_reader_removes_what_a_killed_holder_says_of_itself()
    {
        File.WriteAllText(Path.Combine(_folder, "silo.json"), """{"processId": 1, "gatewayPort": 30000}""");
        Assert.NotNull(HomeLock.Holder(_folder));

        Assert.True(HomeLock.TryShare(_folder, out var reader));

        Assert.Null(HomeLock.Holder(_folder));
        reader.Dispose();
    }

    [Fact]
    public void The_holder_says_who_it_is_and_where_its_gateway_is_until_it_withdraws()
    {
        Assert.Null(HomeLock.Holder(_folder));
        Assert.True(HomeLock.TryTake(_folder, out var home));
        Assert.Equal(new HomeHolder(Environment.ProcessId, null), HomeLock.Holder(_folder));
        home.Publish(12345);
        Assert.Equal(new HomeHolder(Environment.ProcessId, 12345), HomeLock.Holder(_folder));
        home.Withdraw();
        Assert.Null(HomeLock.Holder(_folder));
        // One that was told to end while it started.
        home.Publish(12345);
        Assert.Null(HomeLock.Holder(_folder));
        Assert.False(HomeLock.TryTake(_folder, out _));
        home.Dispose();
    }

    [Fact]
    public void What_a_killed_holder_left_behind_is_nobodys_any_more()
    {
        File.WriteAllText(Path.Combine(_folder, "silo.json"), """{"processId":1,"gatewayPort":2}""");
        Assert.True(HomeLock.TryTake(_folder, out var home));
        Assert.Equal(new HomeHolder(Environment.ProcessId, null), HomeLock.Holder(_folder));
        home.Dispose();
        Assert.Null(HomeLock.Holder(_folder));
    }

    [Fact]
    public void A_home_that_is_a_file_is_refused_with_the_variable_to_set()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");

        var refusal = Assert.Throws<InvalidInputException>(() => HomeLock.TryTake(file, out _));

        Assert.Contains("ADAPTCLUSTER_HOME", refusal.Message, StringComparison.Ordinal);
    }
}
