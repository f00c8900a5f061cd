{# Written by `aero tables --as-dbt`: do not edit. #}

{# dbt-spark asks SHOW TABLE EXTENDED, which the Spark Thrift Server answers nobody. #}
{% macro spark__list_relations_without_caching(relation) %}
    {% set views = run_query("SHOW VIEWS IN " ~ relation.schema).columns[1].values() %}
    {% set found = [] %}
    {% for name in run_query("SHOW TABLES IN " ~ relation.schema).columns[1].values() %}
        {% do found.append((relation.schema, name, false, "Type: VIEW" if name in views else "Type: TABLE")) %}
    {% endfor %}
    {{ return(found) }}
{% endmacro %}

{% test aero_one_row_each(model, key) %}
    SELECT {{ key | join(", ") }}, COUNT(*) AS rows_of_it
    FROM {{ model }}
    GROUP BY {{ key | join(", ") }}
    HAVING COUNT(*) > 1
{% endtest %}

{% test aero_between(model, column_name, least, most) %}
    SELECT {{ column_name }}
    FROM {{ model }}
    WHERE {{ column_name }} < {{ least }} OR {{ column_name }} > {{ most }}
{% endtest %}
