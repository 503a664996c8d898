using System.Reflection;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Client.Tests;

/// <summary>What operators read in the log of a silo: which object, with which values, and what happens next.</summary>
public sealed class LogTextTests
{
    private static readonly Assembly[] Assemblies =
    [
        typeof(Connections.ClusterJoin).Assembly, typeof(Storage.StoreServices).Assembly, typeof(Grains.GrainServices).Assembly,
        typeof(Web.WebPages).Assembly, typeof(Silo.Hosting.SiloHost).Assembly,
    ];

    private static readonly LoggerMessageAttribute[] Messages =
    [
        .. Assemblies.SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(
                BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>(),
    ];

    [Fact]
    public void Every_project_that_logs_is_covered() => Assert.True(Messages.Length > 40, $"{Messages.Length} messages were found.");

    [Fact]
    public void Warnings_and_errors_name_a_value_and_say_what_happens_next() => Assert.Empty(
        Messages.Where(message => message.Level >= LogLevel.Warning
            && !(message.Message.Contains('{', StringComparison.Ordinal) && message.Message.Contains("; ", StringComparison.Ordinal)))
            .Select(message => message.Message));

    [Fact]
    public void A_reason_stands_in_parentheses_before_what_happens_next() => Assert.Empty(
        Messages.Where(message => message.Message.Contains("{Reason}", StringComparison.Ordinal)
            && !message.Message.Contains("({Reason});", StringComparison.Ordinal)).Select(message => message.Message));
}
