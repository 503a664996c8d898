using System.Reflection;

namespace AdaptCluster.Connections;

/// <summary>Documents a setting beside what it sets: the tables of the documentation are written from these.</summary>
/// <param name="key">The key in appsettings.json, such as "Lease:StallSeconds".</param>
/// <param name="defaultText">What holds where it is not set, in Markdown.</param>
/// <param name="meaning">What it does, in Markdown.</param>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Class, AllowMultiple = true)]
public sealed class SettingAttribute(string key, string defaultText, string meaning) : Attribute
{
    /// <summary>The key in appsettings.json.</summary>
    public string Key => key;

    /// <summary>What holds where it is not set.</summary>
    public string Default => defaultText;

    /// <summary>What it does.</summary>
    public string Meaning => meaning;

    /// <summary>All settings of some records, in the order in which these declare them.</summary>
    /// <param name="records">The records.</param>
    public static IEnumerable<SettingAttribute> Of(params Type[] records) => records.SelectMany(record =>
        (MemberInfo[])[record, .. record.GetProperties().OrderBy(property => property.MetadataToken)])
        .SelectMany(member => member.GetCustomAttributes<SettingAttribute>());
}
