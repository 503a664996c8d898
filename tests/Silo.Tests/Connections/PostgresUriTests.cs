using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using Npgsql;

namespace AdaptCluster.Silo.Tests.Connections;

/// <summary>Databases as operators' Secrets name them: by a URI, and in parts.</summary>
public sealed class PostgresUriTests
{
    [Theory]
    [InlineData("postgresql://adapt:s3cret@db/sweeps", "Host=db;Database=sweeps;Username=adapt;Password=s3cret")]
    [InlineData("postgres://adapt:s3cret@db:6432/sweeps", "Host=db;Port=6432;Database=sweeps;Username=adapt;Password=s3cret")]
    [InlineData("POSTGRESQL://adapt@db.lab.svc/sweeps?sslmode=verify-full&sslrootcert=/database/ca.crt&application_name=lab",
        "Host=db.lab.svc;Database=sweeps;Username=adapt;SSL Mode=VerifyFull;Root Certificate=/database/ca.crt;Application Name=lab")]
    [InlineData("postgresql://ad%40apt:p%2F%3A%40%25%3F%23%3Bx%27@db/swe%20eps",
        "Host=db;Database='swe eps';Username=ad@apt;Password=\"p/:@%?#;x'\"")]
    [InlineData("postgresql://adapt:with@at@db/sweeps", "Host=db;Database=sweeps;Username=adapt;Password=with@at")]
    [InlineData("postgresql://adapt@[fd00::1]:5433/sweeps", "Host=fd00::1;Port=5433;Database=sweeps;Username=adapt")]
    [InlineData("postgresql://adapt@[fd00::1]/sweeps", "Host=fd00::1;Database=sweeps;Username=adapt")]
    [InlineData("postgresql://adapt@a:5432,[fd00::1]:5433/sweeps?target_session_attrs=read-write",
        "Host='a:5432,[fd00::1]:5433';Database=sweeps;Username=adapt;Target Session Attributes=read-write")]
    [InlineData("postgresql:///sweeps?host=db&user=adapt&password=x&port=5433",
        "Host=db;Port=5433;Database=sweeps;Username=adapt;Password=x")]
    public void A_URI_means_what_it_means_to_libpq(string uri, string same)
    {
        Assert.True(PostgresAddress.Is(uri));
        var expected = new NpgsqlConnectionStringBuilder(PostgresAddress.Read(same, "here").ConnectionString);
        Assert.True(expected.EquivalentTo(new NpgsqlConnectionStringBuilder(PostgresAddress.Read(uri, "here").ConnectionString)),
            PostgresAddress.Read(uri, "here").ConnectionString);
    }

    [Theory]
    [InlineData("postgresql://adapt:hunter2@/sweeps", "here: the URI has no host")]
    [InlineData("postgresql://adapt:hun/ter2@db/sweeps", "with / : ? # % in the password as %2F")]
    [InlineData("postgresql://adapt:hunter2%@db/sweeps", "here: a % in the URI does not begin a percent-encoded character")]
    [InlineData("postgresql://adapt:hunter2@db:99999/sweeps", "is not followed by a port from 1 to 65535")]
    [InlineData("postgresql://adapt:hunter2@fd00::1/sweeps", "an IPv6 address in brackets")]
    [InlineData("postgresql://adapt:hunter2@[fd00::1/sweeps", "the IPv6 address in the URI has no ]")]
    [InlineData("postgresql://adapt:hunter2@db/sweeps?sslmod=require",
        "the URI's parameter 'sslmod' is unknown; known parameters: application_name, ")]
    [InlineData("postgresql://adapt:hunter2@db/sweeps?sslmode=hunter2", "the URI's parameter 'sslmode' has an invalid value")]
    public void A_URI_that_cannot_be_read_is_refused_without_its_secrets(string uri, string message)
    {
        var refused = Assert.Throws<InvalidInputException>(() => PostgresAddress.Read(uri, "here"));
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("ter2", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_parts_of_an_operators_Secret_and_further_parameters_make_one_address()
    {
        var settings = Read("""
            {"AdaptCluster": {"Store": {"Host": "lab-rw", "Port": "5433", "Database": "app", "Username": "app", "Password": "a;b='c\"",
              "Parameters": "SSL Mode=VerifyFull;Root Certificate=/database/ca.crt"} } }
            """);
        Assert.Equal("PostgreSQL lab-rw:5433/app", $"{settings!.Store}");
    }

    [Fact]
    public void Parameters_win_over_the_connection_string()
    {
        var address = PostgresAddress.Read("postgresql://app:x@db/app?sslmode=require", "here", "SSL Mode=VerifyFull;Timeout=7", "there");
        var builder = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        Assert.Equal((SslMode.VerifyFull, 7, "x"), (builder.SslMode, builder.Timeout, builder.Password));
    }

    [Theory]
    [InlineData("""{"AdaptCluster": {"Store": {"Host": "db", "ConnectionString": "Host=db"}}}""",
        "Store:ConnectionString (ADAPTCLUSTER_STORE__CONNECTIONSTRING) and Store:Host (ADAPTCLUSTER_STORE__HOST) are both set")]
    [InlineData("""{"AdaptCluster": {"Store": {"Password": "hunter2"}}}""",
        "Store:Password (ADAPTCLUSTER_STORE__PASSWORD): set without Store:Host (ADAPTCLUSTER_STORE__HOST)")]
    [InlineData("""{"AdaptCluster": {"Store": {"Parameters": "Timeout=5"}}}""",
        "Store:Parameters (ADAPTCLUSTER_STORE__PARAMETERS): set without Store:Host")]
    [InlineData("""{"AdaptCluster": {"Store": {"Host": "db", "Port": "hunter2"}}}""", "write a whole number from 1 to 65535")]
    [InlineData("""{"AdaptCluster": {"Store": {"Host": "db", "Parameters": "hunter2"}}}""",
        "Store:Parameters (ADAPTCLUSTER_STORE__PARAMETERS): not a valid PostgreSQL connection string")]
    public void Parts_that_do_not_fit_together_are_refused(string json, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidInputException>(() => Read(json)).Message, StringComparison.Ordinal);

    private static ClusterSettings? Read(string json)
    {
        var folder = Directory.CreateTempSubdirectory("adaptcluster-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, SettingsReader.FileName), json);
            return ClusterSettings.From(new SettingsReader(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
